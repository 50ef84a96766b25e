/** What an API says of how much of its limit is left, in the dialects of its headers. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.quota;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
