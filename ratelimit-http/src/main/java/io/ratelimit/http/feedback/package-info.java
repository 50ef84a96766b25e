/** Feedback of an API's quota into the limit of a queue. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.feedback;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
