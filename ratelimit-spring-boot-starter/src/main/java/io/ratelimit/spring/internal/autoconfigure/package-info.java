/** The auto-configurations and their parts. */
@CheckReturnValue
@NullMarked
package io.ratelimit.spring.internal.autoconfigure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
