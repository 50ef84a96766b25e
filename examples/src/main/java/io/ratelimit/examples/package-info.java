/** Short programs that show how to embed the library, and the start of the command line. */
@NullMarked
package io.ratelimit.examples;

import org.jspecify.annotations.NullMarked;
