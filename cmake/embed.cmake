# Writes OUT, a C++ file that holds the files under FOLDER as they are: the assembler copies them, so
# that neither their size nor their bytes matter to the compiler.
function(redline_embed folder out)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  set(names)
  foreach(file ${files})
    file(RELATIVE_PATH name ${folder} ${file})
    list(APPEND names ${name})
  endforeach()
  list(SORT names)  # by byte, as they are looked up
  set(blocks "")
  set(symbols "")
  set(entries "")
  set(number 0)
  foreach(name ${names})
    set(symbol redline_page_${number})
    string(APPEND blocks
           "asm(\".section .rodata\\n.global ${symbol}\\n.global ${symbol}_end\\n${symbol}:\\n"
           ".incbin \\\"${folder}/${name}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n")
    string(APPEND symbols "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
    string(APPEND entries
           "      {\"/${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(body "  return {};\n")
  if(number)
    set(body "  static const BundleFile kFiles[] = {\n${entries}  };\n  return kFiles;\n")
  endif()
  file(CONFIGURE OUTPUT ${out} CONTENT "// Written by CMake from ${folder}.
#include \"server/bundle_files.h\"

${blocks}
extern \"C\" {
${symbols}}

namespace redline::server {

std::span<const BundleFile> bundle_files() {
${body}}

}  // namespace redline::server
" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${files}" SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
