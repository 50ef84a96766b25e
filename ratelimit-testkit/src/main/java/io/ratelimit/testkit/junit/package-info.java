/** Extensions of JUnit for tests that wait for servers. */
@NullMarked
package io.ratelimit.testkit.junit;

import org.jspecify.annotations.NullMarked;
