/** What one process remembers from answer to answer. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.internal.verdict;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
