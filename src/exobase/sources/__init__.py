"""Where particles come from: reservoirs, photochemistry, sputtering, ionisation, impacts."""
