// How a bureau writes its files, as its configuration says it.
#pragma once

#include <optional>
#include <string>

namespace sluice::adapters::disk {

// CSV Dialect as in Frictionless (Table Dialect v2, the CSV properties).
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  bool double_quote = true;
  std::optional<char> escape;
  bool header = true;
  std::optional<char> comment;
  std::optional<std::string> null_sequence;
  bool skip_initial_space = false;
};
enum class Encoding { utf_8, gb18030 };

struct Format {
  CsvDialect dialect;
  Encoding encoding = Encoding::utf_8;
};

}  // namespace sluice::adapters::disk
