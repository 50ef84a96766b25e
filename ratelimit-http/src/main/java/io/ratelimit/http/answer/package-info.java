/** What an API answered, and what that means for an event and for all others. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.answer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
