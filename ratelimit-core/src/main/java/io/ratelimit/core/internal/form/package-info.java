/** The form of values as text in a store. */
@NullMarked
package io.ratelimit.core.internal.form;

import org.jspecify.annotations.NullMarked;
