#include "store/store_number.h"

#include <fmt/format.h>

namespace sluice::store {

Result<Numbering> check_number(StoreNumber wanted, StoreNumber found, bool has_drawn_ids,
                               const std::string& place) {
  if (found == wanted) return Numbering::fits;
  if (found == StoreNumber{} && !has_drawn_ids) return Numbering::to_be_set;
  return std::unexpected(StoreFailure{
      StoreProblem::another_store, place,
      fmt::format(
          "this store's number is {0}, the configuration says {1}; say `store.number: {0}`, "
          "or name a database in which nothing was applied yet",
          found.value, wanted.value)});
}

}  // namespace sluice::store
