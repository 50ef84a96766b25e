/** The auto-configurations, and what they need. */
@CheckReturnValue
@NullMarked
package io.ratelimit.spring.internal.autoconfigure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
