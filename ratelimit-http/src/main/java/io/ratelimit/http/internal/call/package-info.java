/** Requests that always end, and answers in a form that is safe to show. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.internal.call;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
