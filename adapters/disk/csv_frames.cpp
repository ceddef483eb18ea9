#include "adapters/disk/csv_frames.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/frame.h"
#include "record/record_checker.h"

namespace sluice::adapters::disk {
namespace {

using record::FrameReader;
using record::FrameWriter;

constexpr std::uint64_t last_problem =
    static_cast<std::uint64_t>(CollectionProblem::journal_failed);
constexpr std::uint64_t longest_sentence = 4096;  // bytes, of what is wrong with a row or the whole

std::uint64_t byte_of(char character) {
  return static_cast<unsigned char>(character);
}

// --- Formats: none is 256.
constexpr std::uint64_t no_character = 256;

void write_csv_format(FrameWriter& out, const Format& format) {
  const CsvDialect& dialect = format.dialect;
  out.number(format.encoding == Encoding::gb18030 ? 1 : 0);
  out.number(byte_of(dialect.delimiter));
  out.number(byte_of(dialect.quote));
  out.number(dialect.double_quote ? 1 : 0);
  out.number(dialect.escape ? byte_of(*dialect.escape) : no_character);
  out.number(dialect.header ? 1 : 0);
  out.number(dialect.comment ? byte_of(*dialect.comment) : no_character);
  out.number(dialect.null_sequence ? 1 : 0);
  if (dialect.null_sequence) out.text(*dialect.null_sequence);
  out.number(dialect.skip_initial_space ? 1 : 0);
}

char read_character(FrameReader& in) {
  return static_cast<char>(in.number_up_to(no_character - 1));
}

std::optional<char> read_optional_character(FrameReader& in) {
  const std::uint64_t value = in.number_up_to(no_character);
  return value == no_character ? std::nullopt : std::optional(static_cast<char>(value));
}

Format read_csv_format(FrameReader& in) {
  Format format;
  CsvDialect& dialect = format.dialect;
  format.encoding = in.number_up_to(1) == 1 ? Encoding::gb18030 : Encoding::utf_8;
  dialect.delimiter = read_character(in);
  dialect.quote = read_character(in);
  dialect.double_quote = in.number_up_to(1) == 1;
  dialect.escape = read_optional_character(in);
  dialect.header = in.number_up_to(1) == 1;
  dialect.comment = read_optional_character(in);
  if (in.number_up_to(1) == 1) dialect.null_sequence = in.text();
  dialect.skip_initial_space = in.number_up_to(1) == 1;
  return format;
}

// --- Answers

void write_answer(FrameWriter& out, const CsvTable& table) {
  out.number(table.header_line);
  out.number(table.columns.size());
  for (const std::string& column : table.columns)
    out.text(column);
  out.number(table.rows.size());
  for (const CsvTableRow& row : table.rows) {
    out.number(row.line);
    out.text(row.fault);
    if (!row.fault.empty()) continue;
    for (const std::string& cell : row.cells)
      out.text(cell);
  }
}

void write_answer(FrameWriter& out, const CsvRow& row) {
  out.text(row.fault);
  if (!row.fault.empty()) return;
  for (const auto& value : row.values) {
    out.number(value ? 1 : 0);
    out.text(value.value_or(""));
  }
}

void write_answer(FrameWriter& out, const CollectionFailure& failure) {
  out.number(static_cast<std::uint64_t>(failure.code));
  out.text(failure.place);
  out.text(failure.sentence);
}

// Reads texts, and remembers whether each was one that may be.
class AnswerReader {
 public:
  explicit AnswerReader(std::string_view frame) : in_(frame) {}

  [[nodiscard]] std::uint64_t number() { return in_.number(); }
  [[nodiscard]] std::uint64_t number_up_to(std::uint64_t most) { return in_.number_up_to(most); }
  [[nodiscard]] std::uint64_t count(std::uint64_t least) { return in_.count(least); }
  [[nodiscard]] std::string text() {
    const std::string_view text = in_.text();
    is_sound_ = is_sound_ && record::is_valid_utf8(text) && !text.contains('\0');
    return std::string(text);
  }
  // For people: one line.
  [[nodiscard]] std::string sentence() {
    std::string text = this->text();
    is_sound_ = is_sound_ && text.size() <= longest_sentence && !text.contains('\n');
    return text;
  }
  void demand(bool is_so) { is_sound_ = is_sound_ && is_so; }
  [[nodiscard]] bool is_good() const { return is_sound_ && in_.is_good(); }
  [[nodiscard]] bool is_at_end() const { return is_sound_ && in_.is_at_end(); }

 private:
  FrameReader in_;
  bool is_sound_ = true;
};

std::vector<std::string> read_texts(AnswerReader& in, std::uint64_t count) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < count && in.is_good(); ++i)
    texts.push_back(in.text());
  return texts;
}

CsvTable read_table(AnswerReader& in, const TableQuestion& question) {
  CsvTable table;
  table.header_line = in.number();
  const std::uint64_t columns = in.count(record::frame_head_bytes);
  in.demand(columns > 0 && columns <= most_columns_of_table);
  table.columns = read_texts(in, columns);
  const std::uint64_t rows = in.count(2 * record::frame_head_bytes);
  in.demand(rows <= question.most_rows);
  std::uint64_t line = table.header_line;
  for (std::uint64_t i = 0; i < rows && in.is_good(); ++i) {
    CsvTableRow& row = table.rows.emplace_back();
    row.line = in.number();
    in.demand(row.line > std::exchange(line, row.line));
    row.fault = in.sentence();
    if (row.fault.empty()) row.cells = read_texts(in, columns);
  }
  return table;
}

CsvRow read_row(AnswerReader& in, const RowQuestion& question) {
  CsvRow row;
  row.fault = in.sentence();
  if (!row.fault.empty()) return row;
  for (std::uint64_t i = 0; i < question.columns && in.is_good(); ++i) {
    const bool is_there = in.number_up_to(1) == 1;
    std::string text = in.text();
    in.demand(is_there || text.empty());
    row.values.push_back(is_there ? std::optional(std::move(text)) : std::nullopt);
  }
  return row;
}

CollectionFailure read_collection_failure(AnswerReader& in) {
  CollectionFailure failure;
  failure.code = static_cast<CollectionProblem>(in.number_up_to(last_problem));
  failure.place = in.sentence();
  failure.sentence = in.sentence();
  in.demand(!failure.sentence.empty());
  return failure;
}

}  // namespace

std::string to_frame(const CsvQuestion& question) {
  FrameWriter out;
  out.number(question.index());
  if (const auto* table = std::get_if<TableQuestion>(&question)) {
    write_csv_format(out, table->format);
    out.number(table->most_rows);
    out.text(table->bytes);
  } else {
    const auto& row = std::get<RowQuestion>(question);
    write_csv_format(out, row.format);
    out.number(row.columns);
    out.number(row.max_row_bytes);
    out.text(row.bytes);
  }
  return out.finish();
}

std::string to_frame(const CsvAnswer& answer) {
  FrameWriter out;
  out.number(answer.index());
  std::visit([&](const auto& content) { write_answer(out, content); }, answer);
  return out.finish();
}

std::expected<CsvQuestion, record::Flaw> parse_question(std::string_view frame) {
  FrameReader in(frame);
  CsvQuestion question;
  if (in.number_up_to(1) == 0) {
    TableQuestion table;
    table.format = read_csv_format(in);
    table.most_rows = in.number();
    table.bytes = in.text();
    question = table;
  } else {
    RowQuestion row;
    row.format = read_csv_format(in);
    row.columns = in.number();
    row.max_row_bytes = in.number();
    row.bytes = in.text();
    question = row;
  }
  if (in.is_at_end()) return question;
  return std::unexpected(record::Flaw{"what is to be read was not understood"});
}

std::uint64_t most_answer_bytes(const CsvQuestion& question) {
  // Each cell is a text with its length before it, and perhaps whether it is there; a comma was
  // all that it took. In UTF-8, a text of GB 18030 is at most half as long again.
  constexpr std::uint64_t growth = 2 + 2 * record::frame_head_bytes;
  constexpr std::uint64_t room_of_fault = 512;
  constexpr std::uint64_t room_of_failure = std::uint64_t{64} << 10;
  const auto* const table = std::get_if<TableQuestion>(&question);
  const std::uint64_t bytes =
      table != nullptr ? table->bytes.size() : std::get<RowQuestion>(question).bytes.size();
  const std::uint64_t rows = table != nullptr ? std::min(table->most_rows, bytes) : 1;
  return growth * bytes + rows * room_of_fault + room_of_failure;
}

std::expected<CsvAnswer, record::Flaw> parse_answer(std::string_view frame,
                                                    const CsvQuestion& question) {
  constexpr std::uint64_t failure_kind = 2;
  AnswerReader in(frame);
  const std::uint64_t kind = in.number_up_to(failure_kind);
  CsvAnswer answer;
  if (kind == failure_kind) {
    answer = read_collection_failure(in);
  } else if (in.demand(kind == question.index());
             const auto* table = std::get_if<TableQuestion>(&question)) {
    answer = read_table(in, *table);
  } else {
    answer = read_row(in, std::get<RowQuestion>(question));
  }
  if (in.is_at_end()) return answer;
  return std::unexpected(
      record::Flaw{"the process that reads it has said something else than what it was asked"});
}

}  // namespace sluice::adapters::disk
