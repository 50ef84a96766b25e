/** The memory of one process between answers. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.internal.verdict;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
