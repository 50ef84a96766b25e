/** One round in front of a user: {@code plan}, {@code simulate} and {@code demo}. */
@NullMarked
package io.ratelimit.cli.round;

import org.jspecify.annotations.NullMarked;
