#include "intake/mapping_digest.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace sluice::intake {
namespace {

// Each text with its length, each list with its number: no two mappings make the same bytes.
class Writer {
 public:
  void text(std::string_view text) { stream_.update(fmt::format("{}:{}", text.size(), text)); }
  void number(std::size_t number) { text(fmt::to_string(number)); }
  void texts(const std::vector<std::string>& texts) {
    number(texts.size());
    for (const std::string& each : texts)
      text(each);
  }

  void operator()(const step::Trim&) { text("trim"); }
  void operator()(const step::HalfWidth&) { text("half-width"); }
  void operator()(const step::UpperCase&) { text("upper-case"); }
  void operator()(const step::DateFormat& step) {
    text("date");
    text(step.format);
  }
  void operator()(const step::CodeTable& step) {
    text("codes");
    number(step.codes.size());
    for (const auto& [from, to] : step.codes) {
      text(from);
      text(to);
    }
  }
  void operator()(const step::Amount&) { text("amount"); }
  void operator()(const step::Currency&) { text("currency"); }

  void field(const FieldMapping& mapping) {
    // All that there is: one more member does not compile.
    const auto& [field, from, constant, steps, missing] = mapping;
    text(field);
    text(from);
    texts(constant ? std::vector{*constant} : std::vector<std::string>());
    number(steps.size());
    for (const Step& step : steps)
      std::visit(*this, step);
    texts(missing);
  }

  record::Digest finish() { return stream_.finish(); }

 private:
  record::DigestStream stream_;
};

}  // namespace

record::Digest digest_of(const Mapping& mapping) {
  const auto& [fields, ignored] = mapping;
  Writer writer;
  writer.number(fields.size());
  for (const FieldMapping& each : fields)
    writer.field(each);
  writer.texts(ignored);
  return writer.finish();
}

}  // namespace sluice::intake
