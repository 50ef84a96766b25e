/** What a host application implements to process events, and the outcomes of attempts. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.handler;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
