/** Short programs that show how to embed the library: to read, and to copy. */
@NullMarked
package io.ratelimit.examples;

import org.jspecify.annotations.NullMarked;
