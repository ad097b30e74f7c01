#pragma once

#include "model/node/node_catalog.hpp"
#include "runtime/cli/arguments.hpp"
#include "runtime/cli/cli_streams.hpp"

namespace sluice {

/// Each carries out one command and returns its exit status; errors that are not findings are thrown as
/// `error`.
int execute(const run_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const validate_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const graph_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const nodes_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const demo_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const runs_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const lanes_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const rules_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const leases_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const audit_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const flows_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const top_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const db_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const config_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const serve_arguments& arguments, const node_catalog& catalog, cli_streams& streams);
int execute(const completion_arguments& arguments, const node_catalog& catalog, cli_streams& streams);

} // namespace sluice
