/** The meaning of the answers of a particular API, and profiles of known APIs. */
@CheckReturnValue
@NullMarked
package io.ratelimit.http.profile;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
