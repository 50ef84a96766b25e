/**
 * Workers that run managers and their lanes under Temporal, and the client that controls managers.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
