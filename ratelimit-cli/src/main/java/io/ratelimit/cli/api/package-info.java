/** {@code api}: an API with an exact limit to try a handler on; and the options of a real one. */
@NullMarked
package io.ratelimit.cli.api;

import org.jspecify.annotations.NullMarked;
