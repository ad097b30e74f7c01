#pragma once

namespace sluice {

/// Returns the version of the schema that this program writes, and brings a database to when it opens it.
int newest_schema() noexcept;

} // namespace sluice
