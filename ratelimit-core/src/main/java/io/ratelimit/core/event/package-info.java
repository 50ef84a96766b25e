/** Audit events, and what is known about each kind of event. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
