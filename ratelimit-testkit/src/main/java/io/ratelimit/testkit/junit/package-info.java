/** Extensions of JUnit for tests that wait for servers. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.junit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
