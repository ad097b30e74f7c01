#pragma once

#include "tests/support/scratch_folder.hpp"

#include "bench/support/child.hpp"

namespace sluice::bench {

/// An empty folder beside the program, gone with the object: on a disk, where /tmp may be in memory and a
/// commit would cost nothing.
class work_folder : public scratch_folder {
public:
  work_folder() : scratch_folder(sibling("")) {}
};

} // namespace sluice::bench
