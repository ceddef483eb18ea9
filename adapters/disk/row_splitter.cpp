#include "adapters/disk/row_splitter.h"

#include <algorithm>
#include <cstring>

namespace sluice::adapters::disk {

// An escape that is the quote itself says no more than that quotes are doubled.
RowSplitter::RowSplitter(const CsvDialect& dialect)
    : marks_{dialect.delimiter, dialect.quote, dialect.escape.value_or(dialect.quote)},
      has_escape_(dialect.escape.has_value() && *dialect.escape != dialect.quote),
      double_quote_(dialect.double_quote || dialect.escape == dialect.quote),
      skip_initial_space_(dialect.skip_initial_space),
      null_sequence_(dialect.null_sequence) {}

void RowSplitter::start() {
  within_ = Within::nothing;
  next_ = 0;
  count_ = 0;
  unescaped_.clear();
}

RowSplitter::State RowSplitter::add(const char* text, std::size_t begin, std::size_t end) {
  MarkScan scan(text, begin, end, marks_);
  if (within_ == Within::nothing) next_ = begin;
  for (;;) {
    const Step step = within_ == Within::quoted ? read_quoted(text, end, scan)
                                                : open_field(text, next_, end, scan);
    if (step == Step::stop) return state_;
  }
}

RowSplitter::Step RowSplitter::open_field(const char* text, std::size_t at, std::size_t end,
                                          MarkScan& scan) {
  if (skip_initial_space_) {
    while (at < end && text[at] == ' ' && text[at] != marks_.delimiter)
      ++at;
  }
  const bool quoted = at < end && text[at] == marks_.quote;
  field_ = {.begin = quoted ? at + 1 : at, .end = 0, .quoted = quoted, .escaped = false};
  if (!quoted) return read_unquoted(text, end, scan);
  scan.skip(at);
  return read_quoted(text, end, scan);
}

RowSplitter::Step RowSplitter::read_unquoted(const char* text, std::size_t end, MarkScan& scan) {
  within_ = Within::unquoted;
  for (;;) {
    const std::size_t at = scan.next();
    if (at == end) {
      close_field(end);
      state_ = State::complete;
      return Step::stop;
    }
    if (text[at] == marks_.delimiter) {
      close_field(at);
      next_ = at + 1;
      return Step::next_field;
    }
    if (!is_escape(text[at])) {
      state_ = State::quote_fault;
      return Step::stop;
    }
    if (at + 1 == end) {
      state_ = State::escape_fault;
      return Step::stop;
    }
    field_.escaped = true;
    scan.skip(at + 1);
  }
}

RowSplitter::Step RowSplitter::read_quoted(const char* text, std::size_t end, MarkScan& scan) {
  within_ = Within::quoted;
  for (;;) {
    const std::size_t at = scan.next();
    if (at == end) {
      state_ = State::open_quote;
      return Step::stop;
    }
    if (is_escape(text[at])) {
      field_.escaped = true;
      scan.skip(at + 1);
      continue;
    }
    if (text[at] != marks_.quote) continue;
    const bool at_end = at + 1 == end;
    if (!at_end && double_quote_ && text[at + 1] == marks_.quote) {
      field_.escaped = true;
      scan.skip(at + 1);
      continue;
    }
    if (!at_end && text[at + 1] != marks_.delimiter) {
      state_ = State::quote_fault;
      return Step::stop;
    }
    close_field(at);
    within_ = Within::unquoted;
    next_ = at + 2;
    if (!at_end) {
      scan.skip(at + 1);
      return Step::next_field;
    }
    state_ = State::complete;
    return Step::stop;
  }
}

void RowSplitter::close_field(std::size_t at) {
  field_.end = at;
  const std::size_t at_field = count_++;
  if (at_field >= most_fields) return;
  if (at_field == fields_.size()) fields_.resize(at_field * 2);
  fields_[at_field] = field_;
}

std::span<const intake::SourceValue> RowSplitter::values(const char* text) {
  values_.resize(count_);
  // So that no view into it is moved by the next: unescaping only shortens.
  if (count_ > 0) unescaped_.reserve(fields_[count_ - 1].end);
  for (std::size_t i = 0; i < count_; ++i) {
    const Field& field = fields_[i];
    const std::string_view written(text + field.begin, field.end - field.begin);
    // As it is written, before escapes are undone: MySQL's NULL is `\N`, and `\\N` is text.
    if (null_sequence_ && !field.quoted && written == *null_sequence_) {
      values_[i] = std::nullopt;
    } else if (field.escaped) {
      values_[i] = unescape(written, field.quoted);
    } else {
      values_[i] = written;
    }
  }
  return values_;
}

std::string_view RowSplitter::unescape(std::string_view written, bool quoted) {
  const std::size_t begin = unescaped_.size();
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool escape = is_escape(written[i]) || (quoted && written[i] == marks_.quote);
    if (escape && i + 1 < written.size()) ++i;
    unescaped_.push_back(written[i]);
  }
  return std::string_view(unescaped_).substr(begin);
}

bool RowSplitter::holds_unquoted(const char* text, char byte) const {
  return std::ranges::any_of(
      std::span(fields_).first(std::min(count_, most_fields)), [&](const Field& field) {
        return !field.quoted &&
               std::memchr(text + field.begin, byte, field.end - field.begin) != nullptr;
      });
}

}  // namespace sluice::adapters::disk
