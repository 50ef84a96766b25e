/** Answers of an API, and their meaning for an event and for all others. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.answer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
