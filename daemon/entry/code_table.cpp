#include "entry/code_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "entry/characters.h"

namespace sluice::entry {
namespace {

// Of what was typed, so that a set of places in it fits in a word.
constexpr std::size_t most_letters = 63;

bool is_small_letter(char c) {
  return c >= 'a' && c <= 'z';
}

std::uint32_t bit_of(char letter) {
  return std::uint32_t{1} << (letter - 'a');
}

// What was typed as the letters of a reading; empty where it can be none. Blanks and apostrophes
// between syllables mean nothing.
std::string letters_of(std::string_view folded_text) {
  std::string letters;
  for (const std::string_view character : characters_of(folded_text)) {
    if (character == "\xC3\xBC" || character == "\xC3\x9C") {  // ü, Ü
      letters += 'v';
    } else if (character.size() == 1 && is_small_letter(character.front())) {
      letters += character.front();
    } else if (character != " " && character != "'") {
      return {};
    }
  }
  return letters.substr(0, most_letters);
}

}  // namespace

enum class CodeTable::Rank : std::size_t {
  same_code,
  code_begins,
  name_begins,
  name_has,
  is_read,
  has_initials
};

CodeTable::CodeTable(std::vector<CodeEntry> entries, const PinyinReadings& readings)
    : entries_(std::move(entries)) {
  index_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const CodeEntry& entry = entries_[i];
    Indexed& indexed = index_.emplace_back(Indexed{folded(entry.code), folded(entry.name), {}});
    add_reading(indexed, indexed.name, readings);
    for (const std::string& syllables : entry.pinyin)
      add_reading(indexed, syllables);
    by_code_.emplace(entry.code, i);
    by_name_[indexed.name].push_back(i);
  }
}

void CodeTable::add_sound(std::vector<std::string_view> syllables) {
  Sound sound{.first = static_cast<std::uint32_t>(syllables_.size()),
              .count = static_cast<std::uint32_t>(syllables.size())};
  for (const std::string_view syllable : syllables)
    sound.initials |= bit_of(syllable.front());
  syllables_.insert(syllables_.end(), syllables.begin(), syllables.end());
  sounds_.push_back(sound);
}

// A Latin letter is read as itself; brackets and digits are passed over.
void CodeTable::add_reading(Indexed& indexed, std::string_view name,
                            const PinyinReadings& readings) {
  static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz";
  const std::size_t first = sounds_.size();
  for (const std::string_view character : characters_of(name)) {
    const auto syllables = readings.of(character);
    if (!syllables.empty()) {
      add_sound({syllables.begin(), syllables.end()});
    } else if (character.size() == 1 && is_small_letter(character.front())) {
      add_sound({alphabet.substr(static_cast<std::size_t>(character.front() - 'a'), 1)});
    }
  }
  indexed.readings.push_back(
      {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(sounds_.size() - first)});
}

void CodeTable::add_reading(Indexed& indexed, std::string_view syllables) {
  const std::size_t first = sounds_.size();
  while (!syllables.empty()) {
    const std::string_view syllable = syllables.substr(0, syllables.find(' '));
    syllables.remove_prefix(std::min(syllable.size() + 1, syllables.size()));
    if (!syllable.empty() && is_small_letter(syllable.front())) add_sound({syllable});
  }
  indexed.readings.push_back(
      {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(sounds_.size() - first)});
}

// Goes through the name a character at a time with the set of places in `letters` that may come
// next: so the time is bounded whatever readings there are.
bool CodeTable::is_read(const Reading& reading, std::string_view letters) const {
  const auto end = std::uint64_t{1} << letters.size();
  std::uint64_t places = 1;
  for (const Sound& sound : std::span(sounds_).subspan(reading.first, reading.count)) {
    std::uint64_t next = 0;
    for (std::size_t at = 0; at < letters.size(); ++at) {
      if ((places >> at & 1) == 0 || (sound.initials & bit_of(letters[at])) == 0) continue;
      const std::string_view rest = letters.substr(at);
      next |= std::uint64_t{2} << at;
      for (const std::string_view syllable :
           std::span(syllables_).subspan(sound.first, sound.count)) {
        if (syllable.starts_with(rest)) return true;
        if (rest.starts_with(syllable)) next |= std::uint64_t{1} << (at + syllable.size());
      }
    }
    if ((next & end) != 0) return true;
    if (next == 0) return false;
    places = next;
  }
  return false;
}

bool CodeTable::has_initials(const Reading& reading, std::string_view letters) const {
  const auto sounds = std::span(sounds_).subspan(reading.first, reading.count);
  return !std::ranges::search(sounds, letters, [](const Sound& sound, char letter) {
            return (sound.initials & bit_of(letter)) != 0;
          }).empty();
}

std::optional<CodeTable::Rank> CodeTable::rank_of(const Indexed& indexed, std::string_view typed,
                                                  std::string_view letters) const {
  if (indexed.code == typed) return Rank::same_code;
  if (indexed.code.starts_with(typed)) return Rank::code_begins;
  const std::size_t at = indexed.name.find(typed);
  if (at == 0) return Rank::name_begins;
  if (at != std::string::npos) return Rank::name_has;
  if (letters.empty()) return std::nullopt;
  const auto& readings = indexed.readings;
  if (std::ranges::any_of(readings, [&](const auto& one) { return is_read(one, letters); })) {
    return Rank::is_read;
  }
  if (std::ranges::any_of(readings, [&](const auto& one) { return has_initials(one, letters); })) {
    return Rank::has_initials;
  }
  return std::nullopt;
}

std::vector<const CodeEntry*> CodeTable::search(std::string_view typed, std::size_t at_most) const {
  const std::string wanted = folded(typed);
  const std::string letters = letters_of(wanted);
  std::array<std::vector<const CodeEntry*>, 6> ranked;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto rank = rank_of(index_[i], wanted, letters);
    if (!rank) continue;
    auto& equals = ranked[std::to_underlying(*rank)];
    if (equals.size() < at_most) equals.push_back(&entries_[i]);
  }
  std::vector<const CodeEntry*> best;
  for (const auto& equals : ranked) {
    const std::size_t room = std::min(at_most - best.size(), equals.size());
    best.insert(best.end(), equals.begin(), equals.begin() + static_cast<std::ptrdiff_t>(room));
  }
  return best;
}

const CodeEntry* CodeTable::find(std::string_view code) const {
  const auto found = by_code_.find(std::string(code));
  return found == by_code_.end() ? nullptr : &entries_[found->second];
}

const CodeEntry* CodeTable::meant_by(std::string_view typed) const {
  if (const CodeEntry* entry = find(typed)) return entry;
  const std::string text = folded(typed);
  if (const auto found = by_name_.find(text); found != by_name_.end()) {
    return found->second.size() == 1 ? &entries_[found->second.front()] : nullptr;
  }
  const auto has_both = [&](const Indexed& indexed) {
    std::string_view rest = text;
    if (!rest.starts_with(indexed.code)) return false;
    rest.remove_prefix(indexed.code.size());
    const std::size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
    return blanks > 0 && rest.substr(blanks) == indexed.name;
  };
  const auto found = std::ranges::find_if(index_, has_both);
  return found == index_.end() ? nullptr
                               : &entries_[static_cast<std::size_t>(found - index_.begin())];
}

}  // namespace sluice::entry
