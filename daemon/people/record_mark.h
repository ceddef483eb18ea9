// What stands for a record where its key, which may be a citizen number, is not to be written: in
// the audit log. All lines about one record have the same mark, so that who knows the key and the
// installation's secret finds them; nobody finds the key from the mark.
#pragma once

#include <span>
#include <string>

#include "people/secret.h"
#include "record/identifiers.h"

namespace sluice::people {

// Of the record of this dataset with this key: the canonical text of the primary key's fields, in
// the key's order. 32 characters of base64url.
[[nodiscard]] std::string record_mark(const Secret& secret, const record::DatasetId& dataset,
                                      std::span<const std::string> key);

}  // namespace sluice::people
