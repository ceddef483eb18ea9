// Entries of the log for tests: a target that keeps lines or refuses them, and values that a
// program should not trip over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "observe/log.h"

namespace sluice::test {

class Capture : public observe::LogTarget {
 public:
  struct Seen {
    std::vector<std::string> lines;
    bool full = false;
  };
  explicit Capture(Seen& seen) : seen_(seen) {}
  std::error_code write(const observe::LogEntry& entry) override {
    if (seen_.full) return std::make_error_code(std::errc::resource_unavailable_try_again);
    seen_.lines.push_back(entry.line);
    return {};
  }

 private:
  Seen& seen_;
};

// Every byte alone, between letters, and in front of a backslash; text that is cut within a
// character; what the forms escape; and a thousand strings of bytes, the same ones each time.
inline std::vector<std::string> hostile_values() {
  std::vector<std::string> values{"",
                                  "two words",
                                  "k=v",
                                  "say \"hi\"",
                                  "a]b",
                                  "back\\slash",
                                  "\\n",
                                  "\\x0a",
                                  "\\\\",
                                  "line\nbreak",
                                  "海淀",
                                  "海淀\n区",
                                  "\xe6\xb5",
                                  "\xed\xa0\x80",
                                  "\xf4\x90\x80\x80",
                                  "\xc0\xaf",
                                  "\xef\xbb\xbf",
                                  std::string("n\0l", 3)};
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    values.push_back(std::string(1, c));
    values.push_back(std::string("a") + c + "z");
    values.push_back(std::string(1, c) + "\\");
    values.push_back(std::string("\\") + c);
  }
  std::uint32_t state = 1;
  for (int i = 0; i < 1000; ++i) {
    std::string value;
    for (int length = i % 17; length > 0; --length) {
      state = state * 1664525 + 1013904223;  // Numerical Recipes
      value.push_back(static_cast<char>(state >> 24));
    }
    values.push_back(value);
  }
  return values;
}

// The bytes that were written by append_harmless().
inline std::string harmful_again(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    std::size_t used = 1;
    if (text.front() != '\\') {
      bytes.push_back(text.front());
    } else if (used = 2; text.at(1) == 'n') {
      bytes.push_back('\n');
    } else if (text.at(1) == 'r') {
      bytes.push_back('\r');
    } else if (text.at(1) == 't') {
      bytes.push_back('\t');
    } else if (text.at(1) == 'x') {
      bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16)));
      used = 4;
    } else {
      bytes.push_back(text.at(1));  // \\ and, in a line, \"
    }
    text.remove_prefix(used);
  }
  return bytes;
}

inline bool is_harmless(std::string_view text) {
  for (auto c = observe::first_character(text); !c.bytes.empty();
       c = observe::first_character(text)) {
    if (!c.is_well_formed || (c.bytes.front() >= 0 && c.bytes.front() < ' ') ||
        c.bytes.front() == '\x7f')
      return false;
    text.remove_prefix(c.bytes.size());
  }
  return true;
}

}  // namespace sluice::test
