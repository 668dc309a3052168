/* SPDX-License-Identifier: Apache-2.0 */

/*
 * State as a library has it that consists of headers alone. With GNU compilers its symbols are STB_GNU_UNIQUE, unless -fno-gnu-unique is
 * given, and so are those of the constants.
 */
#ifndef HEADER_STATE_HPP
#define HEADER_STATE_HPP

namespace header_only {

inline int &calls() {
    static int count = 0;
    return count;
}

template <class Type> struct Settings {
    static Type level;
    static const Type limit;
};

template <class Type> Type Settings<Type>::level = 7;

template <class Type> const Type Settings<Type>::limit = 1000;

inline int &calls_of_this_thread() {
    static thread_local int count = 0;
    return count;
}

} // namespace header_only

#endif
