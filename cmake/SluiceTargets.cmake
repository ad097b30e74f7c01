# Target-scoped flags, and one function per kind of target, so that each folder's CMakeLists.txt is a few lines.

find_program(SLUICE_CCACHE ccache)
if(SLUICE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the source folder do not count, nor does the language of messages, so that every clone shares the cache, and CI
  # and who works here, too. The checks do likewise (cmake/checks/source_tree.py).
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=locale "${SLUICE_CCACHE}")
endif()
# Ours, or that of who builds.
set(sluice_through_ccache OFF)
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "(^|[/;])ccache(;|$)")
  set(sluice_through_ccache ON)
endif()
find_program(SLUICE_MOLD mold)

add_library(sluice_flags INTERFACE)
target_compile_features(sluice_flags INTERFACE cxx_std_20)
target_include_directories(sluice_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(sluice_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  $<$<CONFIG:RelWithDebInfo>:-g1>
  $<$<CONFIG:Debug>:-O1 -g1 -fno-omit-frame-pointer>)
# g++ 12 warns falsely about std::string's own operator+ when it optimises (GCC bug 105329).
target_compile_options(sluice_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(SLUICE_UNITY)
  # Both warn across files then; builds without it have them.
  target_compile_options(sluice_flags INTERFACE -Wno-shadow
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(SLUICE_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(sluice_flags INTERFACE -fuse-ld=mold)
endif()
if(SLUICE_SANITIZE)
  target_compile_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE})
  if(SLUICE_SANITIZE MATCHES "address")
    # Optimising what is instrumented twice takes the compiler more time than it saves the tests.
    target_compile_options(sluice_flags INTERFACE $<$<CONFIG:Debug>:-O0>)
  endif()
  # g++ 12 warns about its own standard library when it instruments it.
  target_compile_options(sluice_flags INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
endif()
if(SLUICE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SLUICE_FUZZ needs Clang: -DCMAKE_CXX_COMPILER=clang++")
  endif()
  target_compile_options(sluice_flags INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(sluice_flags INTERFACE -fsanitize=address,undefined)
endif()
# What is counted by SLUICE_COVERAGE: the product's own sources.
add_library(sluice_counted INTERFACE)
if(SLUICE_COVERAGE)
  # Threads count the same lines, without atomics: some counts are lost, which matters to profiles and not to whether a line was
  # reached. With atomics suites take three times as long, and ccache does not take the option.
  target_compile_options(sluice_counted INTERFACE --coverage)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Not what libraries' templates become: it is most of what there were to count, a fifth of the compiler's time, and 14 MB that
    # each process read and wrote at its end. ccache does not know the option.
    target_compile_options(sluice_counted INTERFACE
      "SHELL:$<$<BOOL:${sluice_through_ccache}>:--ccache-skip> -fprofile-exclude-files=^/usr/.*include/")
  endif()
  target_compile_options(sluice_flags INTERFACE -O0)
  target_link_options(sluice_flags INTERFACE --coverage)
endif()

# sluice_unite(TARGET sources...): in builds with SLUICE_UNITY the compiler gets up to ten neighbours of a folder at once,
# which takes less than half the time. Never across folders: a new file disturbs no other folder, and names in a folder's
# anonymous namespaces must differ. The folders below hold the hot path: there the compiler inlines less when it sees more
# (7 % more instructions per record, `make gate`), so their files stay apart where that matters.
set(SLUICE_HOT_FOLDERS model/edge model/message actors/flow nodes/records)
function(sluice_unite target)
  if(NOT SLUICE_UNITY)
    return()
  endif()
  set(count 0)
  set(last_folder "")
  foreach(source IN LISTS ARGN)
    get_filename_component(source "${source}" ABSOLUTE)
    get_filename_component(folder "${source}" DIRECTORY)
    if(NOT folder STREQUAL last_folder)
      set(count 0)
      set(last_folder "${folder}")
    endif()
    math(EXPR part "${count} / 10")
    math(EXPR count "${count} + 1")
    file(RELATIVE_PATH group "${PROJECT_SOURCE_DIR}" "${folder}")
    if(group IN_LIST SLUICE_HOT_FOLDERS AND NOT SLUICE_SANITIZE)
      set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      continue()
    endif()
    string(REGEX REPLACE "[^a-zA-Z0-9]" "_" group "${group}_${part}")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# sluice_library(NAME DEPENDS targets...): a static library of all sources below the current folder, or of SOURCES.
function(sluice_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE;SOURCES" ${ARGN})
  if(arg_SOURCES)
    set(sources ${arg_SOURCES})
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE sluice_flags ${arg_DEPENDS})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  sluice_unite(${name} ${sources})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PUBLIC sluice_flags ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:sluice_counted> ${arg_PRIVATE})
endfunction()

# What is tested is optimised; the checks themselves would take the compiler thrice the time. Programs link this last: its options
# have to stand behind what they undo.
add_library(sluice_test_options INTERFACE)
target_compile_options(sluice_test_options INTERFACE -O0)
if(SLUICE_SANITIZE MATCHES "undefined")
  # These look at every pointer that the checks touch, and take a third of the compiler's time. The product has them.
  target_compile_options(sluice_test_options INTERFACE -fno-sanitize=null,alignment,vptr,object-size)
endif()

# sluice_test(NAME LABEL label DEPENDS targets...): one Boost.Test program of all sources of the current folder; one CTest
# test per program, under a time limit.
function(sluice_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "DEPENDS;SOURCES" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  add_executable(${name} ${arg_SOURCES})
  sluice_unite(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE sluice_test_support ${arg_DEPENDS} sluice_test_options)
  add_test(NAME ${name} COMMAND ${name} --log_level=test_suite --report_level=short)
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT ${arg_TIMEOUT})
  if(SLUICE_SANITIZE STREQUAL "thread")
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/thread_sanitizer.supp")
  endif()
endfunction()
