/** What a request carries besides its event: the token, and signatures. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.request;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
