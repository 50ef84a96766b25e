/** Audit events: what is to be processed, and what is known of each kind of event. */
@NullMarked
package io.ratelimit.core.event;

import org.jspecify.annotations.NullMarked;
