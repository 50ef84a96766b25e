/** Audit events: what is to be processed, and what is known of each kind of event. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
