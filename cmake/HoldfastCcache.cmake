# SPDX-License-Identifier: Apache-2.0
#
# Compiles through ccache where it is installed; -DHOLDFAST_CCACHE= or another launcher turns it off.
# Paths below the tree are hashed relative to it, so that a second checkout (a clone, a work tree, a
# CI run) finds what the first one compiled. The sloppiness is what ccache's manual, "Precompiled
# headers", asks for; the inode cache spares hashing those headers, some 150 MB, for every file, and
# the depend mode a run of the preprocessor.

find_program(HOLDFAST_CCACHE ccache)
if(HOLDFAST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_INODECACHE=1
    CCACHE_DEPEND=1
    ${HOLDFAST_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()
