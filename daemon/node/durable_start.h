// After an fsync that failed nobody knows what is on the disk: what a program reads back may be in
// memory alone, and a later fsync says that all is well. So before a node acknowledges anything,
// what its files hold is written and fsynced anew.
#pragma once

#include <expected>
#include <string>

#include "installation/installation.h"

namespace sluice::node {

// Of the journals that begin here and of all else that a yes rests on. What only passes (a full
// disk, a lock) is in the way only where an fsync is known to have failed.
[[nodiscard]] std::expected<void, std::string> make_durable_anew(
    const installation::Installation& installation);
// Of a journal that comes to a node that serves: nobody has looked at it when that began.
[[nodiscard]] std::expected<void, std::string> make_durable_anew(
    const installation::Installation& installation, const record::BureauId& bureau);

}  // namespace sluice::node
