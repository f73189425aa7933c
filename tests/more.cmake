# Tests that are not GoogleTest programs: house rules, programs that must not compile, packaging.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

foreach(check layers house)
  add_test(NAME ${check} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${check}.py)
  add_test(NAME ${check}_self_test
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${check}.py --self-test)
endforeach()

# Every text that people read stands in every catalogue of data/i18n.
add_test(NAME i18n.messages
         COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/messages.py --check)
# The commands and the brief, in every language.
add_test(NAME i18n.languages COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/languages.py
                                     $<TARGET_FILE:redline>)
set_tests_properties(i18n.languages PROPERTIES TIMEOUT 300 COST 50)
if(REDLINE_FUZZ OR REDLINE_SANITIZE)
  set_tests_properties(i18n.languages PROPERTIES DISABLED TRUE)  # of texts, not of memory
endif()

# Each file of compile_fail/ but the control must be refused. Only the syntax is checked, so a
# missing symbol can never be what refuses it.
file(GLOB wrong_programs CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/*.cc)
foreach(program ${wrong_programs})
  cmake_path(GET program STEM stem)
  add_test(NAME compile_fail.${stem}
           COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I${PROJECT_SOURCE_DIR}/include
                   ${program})
  if(NOT stem STREQUAL "control")
    set_tests_properties(compile_fail.${stem} PROPERTIES WILL_FAIL TRUE)
  endif()
endforeach()

if(NOT REDLINE_SANITIZE)
  add_test(NAME packaging.install
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/packaging/test_install.py
                   ${PROJECT_BINARY_DIR})
  set_tests_properties(packaging.install PROPERTIES LABELS slow TIMEOUT 300)
endif()
