/** The parts of the test slice. */
@CheckReturnValue
@NullMarked
package io.ratelimit.spring.internal.test;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
