"""How a simulated device is reached: from TCP connections to PowerShell pipelines, and no further.

From the outside in: `server` opens a fleet's sockets (`certificates`), `http` reads requests, `authentication` says who it is and
`sealing` opens sealed messages, `wsman` keeps shells and answers envelopes (`soap`, `faults`, `channel`), `psrp` keeps a runspace pool
(`fragments`, `pipeline_reader`, `records`, `clixml`). `recorder` notes what every device saw. The device layer is on the other side of
`tests/simulator/boundary.py`.
"""
