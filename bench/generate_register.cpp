// generate_register: writes a register of enterprises as CSV to standard output, and on standard
// error what is in it.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <getopt.h>

#include "bench/register_generator.h"

namespace {

using sluice::bench::RegisterGenerator;
using sluice::bench::RegisterOptions;
using sluice::bench::RowText;
using sluice::bench::Shape;

constexpr const char* usage =
    "usage: generate_register --shape registry|wide --rows N [--seed S] [--year Y]\n"
    "                         [--bad-share 0..1] [--change 0..1]\n"
    "Writes a CSV register to standard output; the same options give the same bytes.\n"
    "  --shape registry   ten columns as in a public register, messy; one row has no credit code\n"
    "  --shape wide       sixteen typed columns, about 420 bytes a row\n"
    "  --rows N           rows without the header, at most 4294967296\n"
    "  --seed S           another seed, another register (default 1)\n"
    "  --year Y           year of registration of a registry (default 2003)\n"
    "  --bad-share F      share of rows that must be refused: a registry's have a wrong check\n"
    "                     character, a wide register's a date that does not exist\n"
    "  --change F         share of rows of a wide register that differ from the one without it\n";

constexpr std::size_t write_size = std::size_t{1} << 20;

template <class T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
bool set(T& target, const std::optional<T>& value) {
  if (value) target = *value;
  return value.has_value();
}

bool set_shape(RegisterOptions& options, std::string_view name) {
  if (name != "registry" && name != "wide") return false;
  options.shape = name == "wide" ? Shape::wide : Shape::registry;
  return true;
}

bool in_range(const RegisterOptions& options) {
  const auto is_share = [](double share) { return share >= 0 && share <= 1; };
  return options.rows <= sluice::bench::max_rows && options.year >= 1 && options.year <= 9999 &&
         is_share(options.bad_share) && is_share(options.changed_share) &&
         (options.changed_share == 0 || options.shape == Shape::wide);
}

// Nothing: the command line was not understood.
std::optional<RegisterOptions> parse_command_line(int count, char** arguments) {
  enum Option { shape = 1, rows, seed, year, bad_share, change };
  constexpr option known[] = {{"shape", required_argument, nullptr, shape},
                              {"rows", required_argument, nullptr, rows},
                              {"seed", required_argument, nullptr, seed},
                              {"year", required_argument, nullptr, year},
                              {"bad-share", required_argument, nullptr, bad_share},
                              {"change", required_argument, nullptr, change},
                              {nullptr, 0, nullptr, 0}};
  RegisterOptions options;
  bool understood = true;
  bool has_rows = false;
  int which = 0;
  while (understood && (which = getopt_long(count, arguments, "", known, nullptr)) != -1) {
    switch (which) {
      case shape:
        understood = set_shape(options, optarg);
        break;
      case rows:
        understood = has_rows = set(options.rows, parse<std::uint64_t>(optarg));
        break;
      case seed:
        understood = set(options.seed, parse<std::uint64_t>(optarg));
        break;
      case year:
        understood = set(options.year, parse<unsigned>(optarg));
        break;
      case bad_share:
        understood = set(options.bad_share, parse<double>(optarg));
        break;
      case change:
        understood = set(options.changed_share, parse<double>(optarg));
        break;
      default:
        understood = false;
    }
  }
  if (!understood || !has_rows || optind != count || !in_range(options)) return std::nullopt;
  return options;
}

std::string header(const RegisterGenerator& generator) {
  std::string line;
  for (const auto& column : generator.columns()) {
    if (!line.empty()) line.push_back(',');
    line.append(column.name);
  }
  line.push_back('\n');
  return line;
}

bool write(std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  text.clear();
  return written;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse_command_line(count, arguments);
  if (!options) {
    std::fputs(usage, stderr);
    return 2;
  }
  const RegisterGenerator generator(*options);
  std::uint64_t bad = 0;
  std::uint64_t without_code = 0;
  std::uint64_t changed = 0;
  RowText row;
  std::string text = header(generator);
  bool written = true;
  for (std::uint64_t index = 0; written && index < options->rows; ++index) {
    generator.make_row(index, row);
    append_csv(row, text);
    bad += std::uint64_t{generator.is_bad(index)};
    without_code += std::uint64_t{generator.is_without_code(index)};
    changed += std::uint64_t{generator.is_changed(index)};
    if (text.size() >= write_size) written = write(text);
  }
  if (!written || !write(text) || std::fflush(stdout) != 0) {
    std::perror("generate_register: standard output");
    return 1;
  }
  std::fprintf(stderr, "rows=%ju bad=%ju without_code=%ju changed=%ju\n",
               std::uintmax_t{options->rows}, std::uintmax_t{bad}, std::uintmax_t{without_code},
               std::uintmax_t{changed});
  return 0;
}
