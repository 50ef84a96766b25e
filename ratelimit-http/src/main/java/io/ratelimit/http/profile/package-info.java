/** What the answers of a particular API mean, and which APIs are known. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.profile;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
