module plutino/probe

go 1.24

require plutino/sdk v0.0.0

replace plutino/sdk => ../../..
