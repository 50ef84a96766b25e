/** What an API's headers say about how much of its limit is left, in several dialects. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.quota;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
