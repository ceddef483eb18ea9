#include "adapters/disk/csv_reader.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "adapters/disk/form_fault.h"
#include "record/record_checker.h"
#include "record/try.h"

namespace sluice::adapters::disk {
namespace {

bool holds(std::string_view text, char byte) {
  return std::memchr(text.data(), byte, text.size()) != nullptr;
}

}  // namespace

CsvReader::CsvReader(ByteSource& source, const Format& format, std::size_t max_row_bytes,
                     std::optional<Gb18030Decoder> decoder)
    : format_(format),
      max_row_bytes_(max_row_bytes),
      window_(source, max_row_bytes),
      splitter_(format.dialect),
      decoder_(std::move(decoder)) {}

Result<CsvReader> CsvReader::open(ByteSource& source, const Format& format,
                                  std::size_t max_row_bytes) {
  auto opened = Gb18030Decoder::open();
  if (!opened && format.encoding == Encoding::gb18030) {
    return std::unexpected(
        CollectionFailure{CollectionProblem::unreadable, "", opened.error().sentence});
  }
  std::optional<Gb18030Decoder> decoder;
  if (opened) decoder = std::move(*opened);
  CsvReader reader(source, format, max_row_bytes, std::move(decoder));
  const auto sample = SLUICE_TRY(reader.window_.head(encoding_sample_bytes));
  if (auto found =
          contradiction(sample, format.encoding, reader.decoder_ ? &*reader.decoder_ : nullptr)) {
    return std::unexpected(
        CollectionFailure{CollectionProblem::bad_encoding, "1", std::move(*found)});
  }
  reader.window_.drop_head(byte_order_mark(sample, format.encoding));
  return reader;
}

Result<CsvReader::Event> CsvReader::next(std::size_t fields) {
  for (;;) {
    window_.start_row();
    const auto extent = SLUICE_TRY(window_.extend());
    if (extent == LineWindow::Extent::end_of_input) return Event::end;
    const bool too_long = extent == LineWindow::Extent::too_long;
    if (too_long ? begins_comment(window_.front(1)) : passed_over(fields)) {
      if (!too_long) continue;
      SLUICE_TRY(window_.skip_line());
      continue;
    }
    return too_long ? this->too_long() : read_row(fields);
  }
}

// Comments; and empty lines, which only where rows have a single field can be a row.
bool CsvReader::passed_over(std::size_t fields) const {
  const std::string_view line = window_.row();
  return line.empty() ? fields != 1 : begins_comment(line);
}

bool CsvReader::begins_comment(std::string_view line) const {
  return !line.empty() && line.front() == format_.dialect.comment;
}

Result<CsvReader::Event> CsvReader::read_row(std::size_t fields) {
  splitter_.start();
  decoded_end_ = 0;
  undecodable_ = false;
  RowSplitter::State state = split_line();
  while (state == RowSplitter::State::open_quote) {
    const auto extent = SLUICE_TRY(window_.extend());
    if (extent != LineWindow::Extent::line) return unterminated(extent);
    state = split_line();
  }
  if (state != RowSplitter::State::complete) return fault_of_quotes(state);
  return finish_row(fields);
}

// In GB 18030 the second byte of a character may be a delimiter's or an escape's, but never a line
// feed: so lines are found first, and decoded before they are split.
RowSplitter::State CsvReader::split_line() {
  const std::string_view row = window_.row();
  const std::size_t begin = window_.line_begin();
  if (format_.encoding == Encoding::utf_8) return splitter_.add(row.data(), begin, row.size());

  decoded_.resize(decoded_end_);
  // The line end before this line is part of the field that it continues.
  if (begin > 0) {
    const bool carriage_return = begin >= 2 && row[begin - 2] == '\r';
    decoded_ += carriage_return ? "\r\n" : "\n";
  }
  const std::size_t decoded_begin = decoded_.size();
  if (!decoder_->append(row.substr(begin), decoded_)) undecodable_ = true;
  decoded_end_ = decoded_.size();
  decoded_.resize(decoded_end_ + scan_padding);
  return splitter_.add(decoded_.data(), decoded_begin, decoded_end_);
}

const char* CsvReader::text() const {
  return format_.encoding == Encoding::utf_8 ? window_.row().data() : decoded_.data();
}

CsvReader::Event CsvReader::finish_row(std::size_t fields) {
  original_ = window_.row();
  if (auto problem = fault_of_bytes()) return fault(std::move(*problem));
  if (holds(original_, '\r') && splitter_.holds_unquoted(text(), '\r')) {
    return fault(
        {"", "carriage-return",
         "found a carriage return outside quotes that no line feed follows; expected lines "
         "to end with LF or CR LF"});
  }
  const std::size_t found = splitter_.field_count();
  if (fields != 0 && found != fields) {
    const auto other = found == 1 ? other_delimiter(original_, format_.dialect) : std::nullopt;
    return fault({"", "ragged",
                  fmt::format("found {} {}, expected {} as in the header; {}", found,
                              found == 1 ? "field" : "fields", fields,
                              other.value_or("a delimiter in a value must stand within quotes"))});
  }
  if (found > most_fields) {
    return fault({"", "too-large",
                  fmt::format("found {} fields, which is more than the {} that a row may have; is "
                              "the delimiter the right one?",
                              found, most_fields)});
  }
  values_ = splitter_.values(text());
  return Event::row;
}

std::optional<intake::RowProblem> CsvReader::fault_of_bytes() const {
  if (holds(original_, '\0')) {
    return intake::RowProblem{"", "nul", "found a NUL byte; expected text"};
  }
  if (format_.encoding == Encoding::utf_8 && !record::is_valid_utf8(original_)) {
    return intake::RowProblem{"", "encoding",
                              "found bytes that are not UTF-8, which the file is declared as"};
  }
  if (undecodable_) {
    return intake::RowProblem{"", "encoding",
                              "found bytes that are not GB18030, which the file is declared as"};
  }
  return std::nullopt;
}

CsvReader::Event CsvReader::fault(intake::RowProblem problem) {
  problem_ = std::move(problem);
  return Event::fault;
}

// The lines after the first are read again as rows of their own: where quotes do not match, nobody
// can tell which of them were meant to be one row.
CsvReader::Event CsvReader::fault_of_form(intake::RowProblem problem) {
  window_.keep_first_line();
  original_ = window_.row();
  if (undecodable_) {
    decoded_.clear();
    undecodable_ = !decoder_->append(original_, decoded_);
  }
  if (auto earlier = fault_of_bytes()) return fault(std::move(*earlier));
  return fault(std::move(problem));
}

CsvReader::Event CsvReader::fault_of_quotes(RowSplitter::State state) {
  const std::size_t field = splitter_.current_field();
  if (state == RowSplitter::State::escape_fault) {
    return fault_of_form(
        {"", "escape", fmt::format("field {} ends with an escape that nothing follows", field)});
  }
  return fault_of_form(
      {"", "quote",
       fmt::format("field {} has a quote within unquoted text, or text behind its closing quote; "
                   "expected the whole field within quotes, and quotes in it {}",
                   field, format_.dialect.double_quote ? "doubled" : "escaped")});
}

CsvReader::Event CsvReader::unterminated(LineWindow::Extent why) {
  const std::string end =
      why == LineWindow::Extent::end_of_input
          ? std::string("before the end of the file")
          : fmt::format("within the {} bytes that a row may have", max_row_bytes_);
  return fault_of_form({"", "unterminated-quote",
                        fmt::format("field {} opens a quote that is not closed {}; the lines after "
                                    "this one were read as rows of their own",
                                    splitter_.current_field(), end)});
}

Result<CsvReader::Event> CsvReader::too_long() {
  const std::string front(window_.front(kept_of_too_long_row));
  SLUICE_TRY(window_.skip_line());
  decoded_ = front;
  original_ = decoded_;
  return fault(
      {"", "too-large",
       fmt::format("the row has more than {} bytes, which is the most that a row may have; "
                   "its first {} are kept",
                   max_row_bytes_, front.size())});
}

}  // namespace sluice::adapters::disk
