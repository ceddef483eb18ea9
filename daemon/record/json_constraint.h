// The `jsonSchema` constraint of object and array fields, by valijson.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "record/failure.h"

namespace sluice::record {

// Thread-safe once compiled.
class JsonConstraint {
 public:
  // `kind` is what the text must be: an object or an array. `json_schema` may be empty: any is
  // good.
  enum class Kind { object, array };
  [[nodiscard]] static std::expected<JsonConstraint, Flaw> compile(Kind kind,
                                                                   std::string_view json_schema);
  JsonConstraint(JsonConstraint&&) noexcept;
  JsonConstraint& operator=(JsonConstraint&&) noexcept;
  ~JsonConstraint();

  enum class Verdict { good, not_of_the_kind, against_the_schema };
  [[nodiscard]] Verdict check(std::string_view text, std::size_t& members) const;

 private:
  struct State;
  explicit JsonConstraint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::record
