// What is known already of the record that a person keys (一表制: nothing is keyed twice): which
// records of other datasets belong to what has been typed so far, and what they say, as it would be
// typed here. Where those records come from is the caller's matter.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/manual_entry/keyed_form.h"
#include "entry/form_checker.h"
#include "record/key_digest.h"
#include "record/table_schema.h"

namespace sluice::entry {

// A record of another dataset that belongs to the one that is keyed.
struct WantedRecord {
  record::DatasetId dataset;
  record::Key key;
  friend bool operator==(const WantedRecord&, const WantedRecord&) = default;
};

// What a field of the form would have by such a record.
struct KnownText {
  std::string column;
  std::string typed;  // as a person would type it, and the form's checker understands it
  friend bool operator==(const KnownText&, const KnownText&) = default;
};

// A value: made for a form when it is needed.
class Prefill {
 public:
  // Of how many other datasets a form is filled in; what further ones would say is not asked for.
  static constexpr std::size_t most_datasets = 4;
  // Of a value, in bytes: who keys looks at it, and a form sends it back twice.
  static constexpr std::size_t longest_value = std::size_t{16} << 10;

  // Null: no such dataset.
  using FindDataset = std::function<const record::Dataset*(const record::DatasetId&)>;
  // The checker and the datasets must outlive it.
  Prefill(const FormChecker& checker, const FindDataset& find_dataset);

  // Whether a field of the form may be filled in.
  [[nodiscard]] bool fills(std::string_view column) const;
  // Which may be filled in from a dataset.
  [[nodiscard]] std::vector<std::string> filled_from(const record::DatasetId& dataset) const;
  // Whether what is typed into it decides which records are wanted.
  [[nodiscard]] bool leads(std::string_view column) const;

  // Those whose keys are typed whole, and rightly; the keys are as the fields keep them.
  [[nodiscard]] std::vector<WantedRecord> wanted(
      const adapters::manual_entry::KeyedForm& typed) const;

  // What the fields would have by a record of that dataset, its values in the order of its schema.
  // A value that the form would not take, or not as the same, is left out.
  [[nodiscard]] std::vector<KnownText> known(
      const record::DatasetId& dataset,
      const std::vector<std::optional<std::string>>& values) const;

 private:
  struct Filled {
    const FormField* field = nullptr;
    std::vector<std::size_t> from;  // in the other schema, one a field that the column feeds
  };
  struct Source {
    const record::Dataset* dataset = nullptr;
    std::vector<std::size_t> key;  // of the fields here, in the order of the other's key
    std::vector<Filled> fields;
  };
  [[nodiscard]] std::optional<Filled> filled(const FormField& field,
                                             const record::Dataset& from) const;
  [[nodiscard]] std::optional<std::string> typed_for(
      const Filled& filled, const std::vector<std::optional<std::string>>& values) const;

  const FormChecker& checker_;
  std::vector<Source> sources_;
};

}  // namespace sluice::entry
