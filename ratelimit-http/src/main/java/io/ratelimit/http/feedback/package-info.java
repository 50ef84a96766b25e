/** An API's quota, fed back into the limit of a queue. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.feedback;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
