// A field's codes (GB/T 12402 and the like), found while one types: by code, by name, or by how the
// name is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "entry/pinyin.h"

namespace sluice::entry {

struct CodeEntry {
  std::string code;
  std::string name;
  // Readings of the whole name beside those that its characters have: syllables with blanks
  // between.
  std::vector<std::string> pinyin;
  friend bool operator==(const CodeEntry&, const CodeEntry&) = default;
};

// Made once; searching is thread-safe.
class CodeTable {
 public:
  // Each code once. `readings` are looked at now, and need not outlive the table.
  CodeTable(std::vector<CodeEntry> entries, const PinyinReadings& readings);
  CodeTable(CodeTable&&) noexcept = default;
  CodeTable& operator=(CodeTable&&) noexcept = default;
  ~CodeTable() = default;

  // The best first: the code itself, codes that begin so, names that begin so, names with it
  // inside, names that are read so from their beginning (initials, whole syllables, or both:
  // `yxzr`, `youxianze`, `youxzr`), names with these initials inside. Among equals the table's own
  // order. For nothing typed, the table's first. Of a long text the first 63 letters count. They
  // live as long as the table.
  [[nodiscard]] std::vector<const CodeEntry*> search(std::string_view typed,
                                                     std::size_t at_most) const;

  [[nodiscard]] const CodeEntry* find(std::string_view code) const;
  // What a person means who typed this: a code, a code and its name behind a blank, or a name that
  // only one code has. Null where it is none of these.
  [[nodiscard]] const CodeEntry* meant_by(std::string_view typed) const;

 private:
  // One character of a name that is read: all that it may begin with, and its readings.
  struct Sound {
    std::uint32_t initials = 0;  // bit 0: a
    std::uint32_t first = 0;     // in syllables_
    std::uint32_t count = 0;
  };
  struct Reading {
    std::uint32_t first = 0;  // in sounds_
    std::uint32_t count = 0;
  };
  struct Indexed {
    std::string code;  // folded, as the name
    std::string name;
    std::vector<Reading> readings;  // of the name by its characters, then those of `pinyin`
  };
  enum class Rank : std::size_t;
  [[nodiscard]] std::optional<Rank> rank_of(const Indexed& indexed, std::string_view typed,
                                            std::string_view letters) const;
  [[nodiscard]] bool is_read(const Reading& reading, std::string_view letters) const;
  [[nodiscard]] bool has_initials(const Reading& reading, std::string_view letters) const;
  void add_reading(Indexed& indexed, std::string_view name, const PinyinReadings& readings);
  void add_reading(Indexed& indexed, std::string_view syllables);
  void add_sound(std::vector<std::string_view> syllables);

  std::vector<CodeEntry> entries_;  // never changes: the syllables view it
  std::vector<Indexed> index_;      // one an entry
  std::vector<Sound> sounds_;
  std::vector<std::string_view> syllables_;
  std::unordered_map<std::string, std::size_t> by_code_;               // as it is
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;  // folded
};

// By the name of their file.
using CodeTables = std::map<std::string, CodeTable, std::less<>>;

}  // namespace sluice::entry
