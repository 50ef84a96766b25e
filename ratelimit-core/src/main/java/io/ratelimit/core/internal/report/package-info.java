/** Records what happens in a round. */
@NullMarked
package io.ratelimit.core.internal.report;

import org.jspecify.annotations.NullMarked;
