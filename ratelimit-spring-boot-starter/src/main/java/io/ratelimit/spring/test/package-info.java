/** Tests of an application's handlers: a slice for Spring Boot's tests. */
@CheckReturnValue
@NullMarked
package io.ratelimit.spring.test;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
