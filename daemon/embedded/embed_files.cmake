# Run by sluice_embed_files(): writes OUTPUT, which holds the files NAMES ("a|b") of the folder FROM.
# Each byte is written as an escape, so that nothing in a file can end the constant.
string(REPLACE "|" ";" names "${NAMES}")
set(entries "")
foreach(name IN LISTS names)
  file(READ ${FROM}/${name} bytes HEX)
  file(SIZE ${FROM}/${name} size)
  string(REGEX REPLACE "(................................)" "\\1\n" lines "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
  string(REGEX REPLACE "\n" "\"\n\"" lines "${lines}")
  string(APPEND entries "    {\"${name}\", std::string_view(\"${lines}\", ${size})},\n")
endforeach()
string(REGEX REPLACE "/.*" "" namespace "${FOLDER}") # the folders within one share it
file(WRITE ${OUTPUT} "#include \"${FOLDER}/embedded_file.h\"

namespace sluice::${namespace} {

std::span<const EmbeddedFile> embedded_files() {
  static constexpr EmbeddedFile files[] = {
${entries}  };
  return files;
}

}  // namespace sluice::${namespace}
")
